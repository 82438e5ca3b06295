// What only components have, with Dioxus.
import "../rust/components.mjs";
