// The steps that a client takes with a server. A program is called with the server's address, the
// names of its steps with commas between (after each of several, a reset), and an admin token if
// one is asked for.

const [base, names, token] = process.argv.slice(2);

async function statuses(...paths) {
  const all = [];
  for (const path of paths) all.push((await fetch(base + path)).status);
  return all;
}

async function run(steps) {
  const chosen = names.split(",");
  for (const name of chosen) {
    console.log(name);
    await steps[name]();
    if (chosen.length > 1) await fetch(`${base}/__admin/reset`, { method: "POST" });
  }
}

module.exports = { base, token, statuses, run };
