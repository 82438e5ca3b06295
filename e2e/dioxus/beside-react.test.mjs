// A tab with Dioxus beside one with React.
import "../rust/beside-react.test.mjs";
