import Link from "next/link";
import { useRouter } from "next/router";
import Account from "./Account";

const PAGES = [
  ["/", "Home"],
  ["/members", "Members"],
  ["/ways", "Ways in"],
  ["/signin", "Sign-in page"],
  ["/options", "Options"],
];

export default function Layout({ children }) {
  const { pathname } = useRouter();
  return (
    <>
      <header>
        <div className="bar">
          <Link className="brand" href="/">
            <span aria-hidden="true">h</span> hallpass
          </Link>
          <Account />
        </div>
        <nav aria-label="Pages">
          {PAGES.map(([href, name]) => (
            <Link key={href} href={href} aria-current={href === pathname ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
      </header>
      <main>{children}</main>
      <footer>
        An example of <code>hallpass/client</code> with the Pages Router.
      </footer>
    </>
  );
}
