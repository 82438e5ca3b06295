//! `GET /verify-request`.

use e2e::Server;

use crate::scene::Post;

#[test]
fn the_page_says_to_look_at_the_mail() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(e2e::Config::new()));
    let page = server.browser().get("verify-request?provider=email&type=email");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Check your email"), "{}", page.text());
}
