// What only components have, with Leptos.
import "../rust/components.mjs";
