// A page without a framework.
import * as api from "functions";

const element = document.getElementById("root");

window.api = api;
window.seen = { shown: [], renders: [0] };
window.mount = ({ session, options } = {}) => {
  if (options) api.setOptions(options);
  const show = () => {
    const { status, data } = api.getSnapshot();
    window.seen.shown.push(`${status} ${data?.user?.email ?? data}`);
    element.innerHTML = `<p id="who-0" data-status="${status}"></p>`;
    element.firstChild.textContent = String(data?.user?.email ?? data);
  };
  window.unmount = api.subscribe(show, session);
  show();
};
