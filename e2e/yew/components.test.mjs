// What only components have, with Yew.
import "../rust/components.mjs";
