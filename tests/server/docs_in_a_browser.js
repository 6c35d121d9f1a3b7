// Opens /docs in a headless Chromium, signs in by its dialog, and tries out "Who am I?".
//
//   node docs_in_a_browser.js CHROMIUM BASE-URL E-MAIL PASSWORD FOLDER
//
// Prints what was seen as JSON, and leaves pictures of it in the folder.
const { chromium } = require("playwright-core");

const [executablePath, base, email, password, folder] = process.argv.slice(2);

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

async function signIn(page) {
  await page.locator("button.authorize").first().click();
  const dialog = page.locator(".dialog-ux .auth-container").filter({ hasText: "password" }).first();
  await dialog.locator("#oauth_username").fill(email);
  await dialog.locator("#oauth_password").fill(password);
  await page.screenshot({ path: `${folder}/dialog.png` });
  await dialog.locator("button.authorize").click();
  await dialog.getByText("Logout").waitFor();
  await page.locator(".dialog-ux .btn-done").first().click();
}

async function tryOut(page, summary) {
  const operation = page.locator(".opblock").filter({ hasText: summary }).first();
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table tr.response");
  await answer.waitFor();
  await operation.scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${folder}/tried-out.png` });
  return {
    status: Number(await answer.locator(".response-col_status").innerText()),
    body: JSON.parse(await answer.locator(".highlight-code code, .highlight-code pre").first().innerText()),
  };
}

// One with parameters, a body, examples and schemas: all kinds of things that the page can show.
async function lookAt(page, summary) {
  const operation = page.locator(".opblock").filter({ hasText: summary }).first();
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.locator("textarea").first().waitFor();
  await operation.getByText("Schema", { exact: true }).first().click();
  await operation.screenshot({ path: `${folder}/operation.png` });
}

async function main() {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    page.setDefaultTimeout(60_000);
    const complaints = [];
    const elsewhere = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(base + "/") && !url.startsWith("data:")) elsewhere.push(url);
    });
    await page.goto(`${base}/docs`);
    await page.locator(".opblock").first().waitFor();
    await page.screenshot({ path: `${folder}/docs.png` });
    const operations = await page.locator(".opblock").count();
    await signIn(page);
    const answer = await tryOut(page, "Who am I?");
    await lookAt(page, "Book an appointment");
    await page.goto(`${base}/`);
    await page.screenshot({ path: `${folder}/front-page.png` });
    await page.getByRole("link", { name: "try it out" }).click();
    await page.locator(".opblock").first().waitFor();
    const cookies = await page.context().cookies();
    const kept = await page.evaluate(() => Object.keys(localStorage));
    console.log(JSON.stringify({ operations, answer, complaints, elsewhere, cookies, kept }));
  } finally {
    await browser.close();
  }
}

main().catch((failed) => {
  console.error(failed);
  process.exit(1);
});
