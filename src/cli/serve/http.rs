//! Requests and their answers.
//!
//! A page on another site could make a browser ask this server, under a name that it makes
//! lead to this machine (DNS rebinding). So only requests that name the machine itself get an
//! answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response, Server};

use gradsheet::site::{Answer, decoded, digest};

use super::Shown;

/// What makes a page reload; it stands in no build.
const SCRIPT: &str = include_str!("reload.js");
/// Where it is served; no page of a course has this address.
const SCRIPT_PLACE: &str = "-/reload.js";
/// Where it asks whether its page changed.
const CHANGED: &str = "-/changed";
/// A page may load its own style, drawings that stand in it, and the script above.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      script-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// How long a page is kept waiting for a change before it asks again.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests that are answered at the same time.
const LIMIT: usize = 64;

type Bytes = Response<std::io::Cursor<Vec<u8>>>;

/// The port of a server.
pub(super) fn port(server: &Server) -> u16 {
    server.server_addr().to_ip().map_or(0, |address| address.port())
}

/// Answers requests for ever.
pub(super) fn serve(server: &Server, shown: &Arc<Shown>) {
    let names = allowed_hosts(port(server));
    let busy = Arc::new(AtomicUsize::new(0));
    for request in server.incoming_requests() {
        if busy.fetch_add(1, Ordering::SeqCst) >= LIMIT {
            busy.fetch_sub(1, Ordering::SeqCst);
            respond(request, plain(503, "too many requests at once"));
            continue;
        }
        let (shown, names, busy) = (Arc::clone(shown), names.clone(), Arc::clone(&busy));
        std::thread::spawn(move || {
            let response = answer(&request, &names, &shown);
            respond(request, response);
            busy.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Under which names the server answers.
fn allowed_hosts(port: u16) -> Vec<String> {
    let with_port = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
    let mut names = with_port.to_vec();
    if port == 80 {
        names.extend(["127.0.0.1", "localhost"].map(str::to_owned));
    }
    names
}

fn respond(request: Request, response: Bytes) {
    // A browser that went away is no fault.
    let _ = request.respond(response);
}

fn answer(request: &Request, hosts: &[String], shown: &Shown) -> Bytes {
    let mut named = request.headers().iter().filter(|header| header.field.equiv("Host"));
    let host = named.next().map(|header| header.value.as_str().to_ascii_lowercase());
    if named.next().is_some() || !host.is_some_and(|host| hosts.contains(&host)) {
        return plain(421, "this server answers as 127.0.0.1 and localhost only");
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return with_header(plain(405, "only GET and HEAD are answered"), "Allow", "GET, HEAD");
    }
    let (path, question) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let Some(path) = path.strip_prefix('/') else { return plain(400, "not a path") };
    match path {
        SCRIPT_PLACE => with_type(200, "text/javascript; charset=utf-8", SCRIPT.into()),
        CHANGED => changed(question, shown),
        path => {
            let (_, preview, wrong) = shown.now();
            found(&decoded(path), &preview, wrong.as_deref())
        }
    }
}

/// 200 as soon as the page is another one than that of the digest, 204 where it stays the same.
fn changed(question: &str, shown: &Shown) -> Bytes {
    let value = |key: &str| {
        let mut pairs = question.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| decoded(value))
    };
    let (Some(page), Some(known)) = (value("page"), value("digest")) else {
        return plain(400, "`page` and `digest` are missing");
    };
    let page = decoded(page.trim_start_matches('/'));
    loop {
        let (number, preview, wrong) = shown.now();
        if digest(&page_of(&page, &preview, wrong.as_deref()).1.into_bytes()) != known {
            return plain(200, "changed");
        }
        if !shown.wait(number, PATIENCE) {
            return Response::from_data(Vec::new()).with_status_code(204);
        }
    }
}

/// The page at an address, and its status.
fn page_of(address: &str, preview: &super::Preview, wrong: Option<&str>) -> (u16, String) {
    if let Some(wrong) = wrong {
        return (500, bare(wrong));
    }
    match preview.answer(address) {
        Ok(Answer::Page(page)) => (200, page),
        Ok(Answer::Missing(page)) => (404, page),
        Ok(Answer::Text(_) | Answer::File(_)) => (200, String::new()),
        Err(error) => (500, bare(&error.to_string())),
    }
}

fn found(address: &str, preview: &super::Preview, wrong: Option<&str>) -> Bytes {
    match preview.answer(address) {
        Ok(Answer::File(name)) if wrong.is_none() => {
            let path = preview.path(&name);
            // It may have become a link to elsewhere since it was found.
            let is_file = std::fs::symlink_metadata(&path).is_ok_and(|file| file.is_file());
            match std::fs::read(&path) {
                Ok(bytes) if is_file => with_type(200, type_of(&name), bytes),
                _ => plain(404, "this file is gone"),
            }
        }
        Ok(Answer::Text(text)) if wrong.is_none() => {
            with_type(200, "application/xml; charset=utf-8", text.into_bytes())
        }
        _ => {
            let (status, page) = page_of(address, preview, wrong);
            let digest = digest(page.as_bytes());
            let script =
                format!("<script src=\"/{SCRIPT_PLACE}\" data-digest=\"{digest}\"></script>\n");
            let page = match page.rsplit_once("</body>") {
                Some((before, after)) => format!("{before}{script}</body>{after}"),
                None => page + &script,
            };
            with_type(status, "text/html; charset=utf-8", page.into_bytes())
        }
    }
}

/// A page for what keeps all pages from being made, the templates among it.
fn bare(message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>gradsheet</title>\n<meta name=\"color-scheme\" content=\"light dark\">\n</head>\n\
         <body>\n<pre role=\"alert\">{message}</pre>\n</body>\n</html>\n"
    )
}

/// The types of files that a course links to.
fn type_of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt" | "py" | "rs" | "json") => "text/plain; charset=utf-8",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        // Whatever it is, the browser is not to run it.
        _ => "application/octet-stream",
    }
}

fn plain(status: u16, text: &str) -> Bytes {
    with_type(status, "text/plain; charset=utf-8", format!("{text}\n").into_bytes())
}

fn with_type(status: u16, kind: &str, bytes: Vec<u8>) -> Bytes {
    let fixed = [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", POLICY),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    let response = Response::from_data(bytes).with_status_code(status);
    fixed.into_iter().fold(response, |response, (name, value)| with_header(response, name, value))
}

/// With a header of this file's own texts, which are ASCII.
fn with_header(response: Bytes, name: &str, value: &str) -> Bytes {
    match Header::from_bytes(name, value) {
        Ok(header) => response.with_header(header),
        Err(()) => response,
    }
}
