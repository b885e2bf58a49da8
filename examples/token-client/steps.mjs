// A token client for Kitegateway that is mended in steps: `node steps.mjs 1` makes four calls.

const URL = "https://kitegateway.com/v1";
const step = Number(process.argv[2]);
let kept = null;

async function buy() {
  const answer = await fetch(`${URL}/auth/token`, {
    method: "POST",
    headers: { "Secret-Key": "YOUR_SECRET", "Content-Type": "application/json" },
    body: JSON.stringify({ api_key: "2882jj2hh288282jj2" }),
  });
  if (!answer.ok) throw new Error(`the token call answers ${answer.status}`);
  return (await answer.json()).data.token;
}

async function token() {
  if (step < 3) return buy(); // 3: keep the token
  kept ??= await buy();
  return kept;
}

async function send(value) {
  const authorization = step < 2 ? `Bearer ${value}` : value; // 2: the prefix is in the token
  const answer = await fetch(`${URL}/data/wallets/balances`, {
    headers: { Authorization: authorization },
  });
  if (answer.status === 401 && step >= 4 && value === kept) { // 4: renew once
    kept = null;
    return fetch(`${URL}/data/wallets/balances`, { headers: { Authorization: await token() } });
  }
  return answer;
}

for (let call = 0; call < 4; call += 1) {
  try {
    const answer = await send(await token());
    await answer.text();
    if (!answer.ok) throw new Error(`the call answers ${answer.status}`);
  } catch (error) {
    console.error(error.message);
  }
}
