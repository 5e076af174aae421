export { databasesUnderTest, type TestDatabase } from "./databases.ts";
export { startTestServer, type TestServer } from "./test-server.ts";
export { aState, TfeFixture } from "./tfe-fixture.ts";
