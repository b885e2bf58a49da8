// The page itself works without this file; it hands over the result and copies it.
"use strict";

const { message, origin, redirect } = document.body.dataset;
const opener = window.opener || (window.parent !== window ? window.parent : null);

if (message) {
  if (redirect) {
    location.replace(redirect);
  } else if (origin && opener) {
    // Only the page that opened this one, and only if it still has the origin that it said.
    opener.postMessage(JSON.parse(message), origin);
  }
}

// A browser refuses to move the focus into a frame of another origin, and logs that.
const field = document.querySelector("input:not([type=hidden])");
if (field && window.parent === window) field.focus();

const button = document.getElementById("copy");
if (button) {
  button.addEventListener("click", async () => {
    const text = document.getElementById("result").textContent;
    try {
      await navigator.clipboard.writeText(text);
      document.getElementById("copied").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(document.getElementById("result"));
      document.getElementById("copied").textContent = "Selected: copy it now";
    }
  });
}
