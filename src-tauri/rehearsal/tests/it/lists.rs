//! Pages of lists, both prefixes, and requests that come through a proxy.

use reqwest::{Method, StatusCode};

use crate::kit::{Kit, client, read};

#[tokio::test]
async fn links_lead_through_all_pages() {
    let kit = Kit::start().await;
    let mut url = format!("{}/repos/acme/connectias/commits?per_page=17", kit.description().api);
    let mut seen = Vec::new();
    loop {
        let answer = client().get(&url).bearer_auth(&kit.description().token).send().await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned()).unwrap_or_default();
        let page = read(answer).await.1;
        seen.push(page.as_array().unwrap().len());
        let next = link.split(", ").find(|link| link.ends_with("rel=\"next\""));
        let Some(next) = next else { break };
        url = next.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    assert_eq!(seen, [17, 17, 6]);
}

#[tokio::test]
async fn the_enterprise_prefix_works_and_stays_in_the_links() {
    let kit = Kit::start().await;
    let answer = kit.request(Method::GET, "/api/v3/repos/acme/connectias/releases/latest").send().await.unwrap();
    let release = read(answer).await.1;
    assert_eq!(release["tag_name"], "v2.4.1");
    let prefix = format!("{}/api/v3/repos/", kit.description().api);
    assert!(release["url"].as_str().unwrap().starts_with(&prefix), "{release}");
    assert_eq!(kit.request(Method::GET, "/api/v3/").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_behind_the_proxy_sees_the_names_of_github() {
    let kit = Kit::start().await;
    let proxy = reqwest::Proxy::http(&kit.description().api).unwrap();
    let through = reqwest::Client::builder().proxy(proxy).build().unwrap();
    let url = "http://api.github.localhost/repos/acme/connectias";
    let answer = through.get(url).header("authorization", format!("token {}", kit.description().token));
    let (status, repository) = read(answer.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{repository}");
    assert_eq!(repository["url"], url);
    assert_eq!(repository["html_url"], "http://github.localhost/acme/connectias");
}

#[tokio::test]
async fn what_does_not_exist_is_404_in_json() {
    let kit = Kit::start().await;
    for path in
        ["/releases/1", "/releases/tags/v0", "/actions/runs/1", "/deployments/x", "/git/ref/tags/v0", "/nowhere"]
    {
        let (status, body) = read(kit.try_get(path).await.unwrap()).await;
        assert_eq!((status, &body["message"]), (StatusCode::NOT_FOUND, &"Not Found".into()), "{path}");
    }
    let other = kit.request(Method::GET, "/repos/acme/other").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}
