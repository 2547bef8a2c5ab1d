//! The dispatch: sent once, with and without the wish for the run's number.

use http::Method;
use lastgood_core::ids::RunId;
use lastgood_core::ports::forge::{DispatchAnswer, DispatchOrder};
use serde_json::json;

use super::answer::{Answer, Failure, left_unknown};
use super::transport::encode;
use super::{Github, wire, writing};

impl Github {
    pub(super) async fn send(&self, order: &DispatchOrder) -> DispatchAnswer {
        let mut answer = self.send_dispatch(order, true).await;
        // Older servers refuse the parameter by its name; nothing was started then.
        if let Ok(refusal) = &answer
            && refusal.status == 422
            && refusal.body.contains("return_run_details")
        {
            answer = self.send_dispatch(order, false).await;
        }
        match answer {
            Ok(answer) => judge(&answer),
            Err(Failure::NotSent(trouble)) => DispatchAnswer::NotSent(trouble),
            Err(Failure::NoAnswer(trouble)) => DispatchAnswer::Unknown(left_unknown(trouble)),
        }
    }

    async fn send_dispatch(&self, order: &DispatchOrder, details: bool) -> Result<Answer, Failure> {
        let route = self.path(&format!("/actions/workflows/{}/dispatches", encode(&order.workflow)));
        let mut body = json!({ "ref": order.branch, "inputs": order.inputs });
        if details {
            body["return_run_details"] = json!(true);
        }
        self.reader.transport.write(&Method::POST, &route, &body).await
    }
}

fn judge(answer: &Answer) -> DispatchAnswer {
    match answer.status {
        204 => DispatchAnswer::Accepted,
        200..=299 => match answer.read::<wire::Dispatched>("the dispatch") {
            Ok(dispatched) => DispatchAnswer::Run(RunId(dispatched.workflow_run_id)),
            // Something in between said yes; whether GitHub did is not known.
            Err(trouble) => DispatchAnswer::Unknown(left_unknown(trouble)),
        },
        // The request came too slowly, or the server broke on the way: what it did before is not known.
        408 | 500..=599 => DispatchAnswer::Unknown(left_unknown(answer.trouble())),
        _ => DispatchAnswer::Refused(writing::refusal(answer)),
    }
}
