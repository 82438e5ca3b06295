// A page that Yew rendered on a server and takes over in the browser.
import "../rust/hydration.mjs";
