//! How a running command is asked to end: Ctrl-C, or the signal that service managers send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code of a command that was asked to end, as shells have it for Ctrl-C.
pub(super) const CODE: u8 = 130;

/// Calls this when the program is asked to end. Asked once more it ends at once.
pub(super) fn when_asked(first: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            asked().await;
            first();
            asked().await;
            std::process::exit(CODE.into());
        });
    });
}

/// A flag that is set when the program is asked to end.
pub(super) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    when_asked(move || set.store(true, Ordering::Relaxed));
    flag
}

#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
