// A stand-in for the vendor's web SDK. The names of the options are the vendor's (P); `open` and
// `close` of what `create` returns, and what `onFailure` is given, are our choice (X).
"use strict";

(() => {
  const source = new URL(document.currentScript.src);
  const page = new URL("../connect", source);

  function create(options = {}) {
    let frame = null;

    function call(name, ...values) {
      if (typeof options[name] === "function") options[name](...values);
    }

    function receive(event) {
      if (!frame || event.source !== frame.contentWindow || event.origin !== source.origin) return;
      const message = event.data || {};
      if (message.source !== "dapi-connect") return;
      close();
      if (message.event === "success") call("onSuccess", message.data);
      else if (message.event === "failure") call("onFailure", message.data);
      else call("onExit");
    }

    function open() {
      if (frame) return;
      const url = new URL(page);
      url.searchParams.set("origin", location.origin);
      if (options.appKey) url.searchParams.set("appKey", options.appKey);
      if (options.countries) url.searchParams.set("countries", [].concat(options.countries).join());
      frame = document.createElement("iframe");
      frame.title = "Connect your bank";
      frame.name = "dapi-connect";
      frame.src = url;
      Object.assign(frame.style, {
        position: "fixed", inset: "0", width: "100%", height: "100%", border: "0", zIndex: "2147483647",
      });
      window.addEventListener("message", receive);
      document.body.append(frame);
    }

    function close() {
      window.removeEventListener("message", receive);
      if (frame) frame.remove();
      frame = null;
    }

    const handler = { open, close };
    setTimeout(() => call("onReady", handler), 0);
    return handler;
  }

  window.Dapi = { create, environments: { sandbox: "sandbox", production: "production" } };
})();
