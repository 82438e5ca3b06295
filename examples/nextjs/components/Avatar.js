/** A person's picture, or the first letter of their name. */
export default function Avatar({ user, large }) {
  const size = large ? 56 : 28;
  const className = large ? "avatar large" : "avatar";
  if (user.image) return <img className={className} src={user.image} alt="" width={size} height={size} />;
  return (
    <span className={className} aria-hidden="true">
      {(user.name ?? user.email ?? "?")[0].toUpperCase()}
    </span>
  );
}
