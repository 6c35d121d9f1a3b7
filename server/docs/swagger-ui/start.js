// Shows the server's own description of its API. A file, because the page runs no inline script.
// Whoever signs in here is signed in until they leave the page: no token is kept by the browser.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
});
