// Signs in, refreshes and calls the API by simple-oauth2, an OAuth2 client that others wrote.
//
//   node oauth_client.js BASE-URL E-MAIL PASSWORD header|body
//
// Prints what happened as JSON: the accounts that the tokens were good for, and what became of a
// refresh token that is used a second time.
const { ResourceOwnerPassword } = require("simple-oauth2");

const [base, username, password, authorizationMethod] = process.argv.slice(2);

const client = new ResourceOwnerPassword({
  client: { id: "a client that nobody registered", secret: "" },
  auth: { tokenHost: base, tokenPath: "/api/auth/token" },
  options: { authorizationMethod },
});

async function whoAmI(token) {
  const answer = await fetch(new URL("/api/auth/me", base), {
    headers: { Authorization: `Bearer ${token.token.access_token}` },
  });
  return answer.status === 200 ? (await answer.json()).email : answer.status;
}

async function refusalOf(promise) {
  try {
    await promise;
    return null;
  } catch (refused) {
    return { status: refused.output?.statusCode, error: refused.data?.payload?.error };
  }
}

async function main() {
  const first = await client.getToken({ username, password });
  const second = await first.refresh();
  const third = await second.refresh();
  console.log(JSON.stringify({
    signedInAs: await whoAmI(third),
    expiresIn: Math.round((third.token.expires_at - Date.now()) / 1000),
    allDiffer: new Set([first, second, third].map((each) => each.token.refresh_token)).size === 3,
    wrongPassword: await refusalOf(client.getToken({ username, password: password + "x" })),
    reused: await refusalOf(first.refresh()),
    afterReuse: await whoAmI(third),
  }));
}

main().catch((failed) => {
  console.error(failed);
  process.exit(1);
});
