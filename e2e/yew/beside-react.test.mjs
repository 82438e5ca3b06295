// A tab with Yew beside one with React.
import "../rust/beside-react.test.mjs";
