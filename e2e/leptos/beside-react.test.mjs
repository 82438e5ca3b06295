// A tab with Leptos beside one with React.
import "../rust/beside-react.test.mjs";
