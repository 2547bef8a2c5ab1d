//! The in-app notice: a JSON document, put to an address that is yours. Done twice it is done once.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Format, Letter, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use reqwest::{Method, RequestBuilder};

use super::http::{Http, authorized};
use crate::secret::Secret;

pub(super) struct Notice {
    http: Http,
    address: String,
    token: Secret,
}

impl Notice {
    pub(super) fn new(http: Http, address: String, token: Secret) -> Self {
        Self { http, address, token }
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        if self.token.reveal().is_empty() { request } else { authorized(request, "Bearer", &self.token) }
    }

    fn receipt(&self, letter: &Letter) -> Receipt {
        let sentence = match &letter.behind {
            Some(behind) => format!("It is over; the notice of {} stands there, which is not.", behind.incident),
            None => "The notice is there.".to_owned(),
        };
        Receipt { handle: None, url: Some(self.address.clone()), sentence }
    }
}

#[async_trait]
impl Channel for Notice {
    async fn send(&self, letter: &Letter) -> Sent {
        let body = render(Format::Notice, letter).body.text();
        let request =
            self.http.request(Method::PUT, &self.address).header("content-type", "application/json").body(body);
        match self.http.write(self.signed(request)).await {
            Ok(_) => Sent::Delivered(self.receipt(letter)),
            Err(sent) => sent,
        }
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        match self.http.read(self.signed(self.http.request(Method::GET, &self.address))).await {
            Ok(_) => Ok(Tested::Answered("A document is there and can be read.".to_owned())),
            Err(trouble) if trouble.code == Code::ChannelRefused => {
                Ok(Tested::Answered("The server answers, and has no document yet.".to_owned()))
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The document itself tells whose it is, and whose last one was before it.
    async fn look_up(&self, letter: &Letter) -> Option<Receipt> {
        let answer = self.http.read(self.signed(self.http.request(Method::GET, &self.address))).await.ok()?;
        let document = answer.json()?;
        let is_there = ["id", "ended"].iter().any(|name| document[*name].as_str() == Some(&letter.key));
        is_there.then(|| self.receipt(letter))
    }
}
