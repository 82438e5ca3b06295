// The scenarios of `e2e/client`, played with the front end that this run is about.
import "../client/guard.test.mjs";
