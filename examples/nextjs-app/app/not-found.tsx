// Next's own page for this has style attributes, which the policy forbids.
export default function NotFound() {
  return <h1>There is no such page</h1>;
}
