// Asks the server at argv[2] in the ways of node's fetch, and prints what it answers.
const url = process.argv[2];

const text = async (path, options) => (await fetch(url + path, options)).text();

const stream = new ReadableStream({
  start(controller) {
    for (const part of ["stre", "amed"]) controller.enqueue(new TextEncoder().encode(part));
    controller.close();
  },
});

const outcome = async (path) => {
  try {
    await text(path);
    return "answered";
  } catch {
    return "failed";
  }
};

console.log(await text("/a"));
console.log(await text("/a", { method: "POST", body: "abc" }));
console.log(await text("/a", { method: "POST", body: stream, duplex: "half" }));
const large = await fetch(url + "/large");
console.log(large.status, (await large.text()).length);
const faults = ["EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "MALFORMED_RESPONSE_CHUNK",
  "RANDOM_DATA_THEN_CLOSE"];
const outcomes = [];
for (const fault of faults) outcomes.push(await outcome("/" + fault));
console.log(outcomes.join(" "));
