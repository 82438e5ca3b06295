import { Header } from "./Header";
import { usePath } from "./path";
import { Home } from "./pages/Home";
import { Private } from "./pages/Private";
import { SignIn } from "./pages/SignIn";

export function App() {
  const path = usePath();
  return (
    <>
      <Header />
      <main>
        {path === "/" && <Home />}
        {path === "/sign-in" && <SignIn />}
        {path === "/private" && <Private />}
        {!["/", "/sign-in", "/private"].includes(path) && <h1>There is no such page</h1>}
      </main>
    </>
  );
}
