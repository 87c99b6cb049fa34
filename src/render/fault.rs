//! A fault of the program while it makes one page is an error that names the page, not the
//! end of everything around it.

use anyhow::{Result, anyhow};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes a page. What was written of it before a fault must not be used.
pub(super) fn shield<T>(page: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
    let make = || {
        #[cfg(test)]
        planted::may_fault(page);
        make()
    };
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|fault| Err(told(page, &*fault)))
}

fn told(page: &str, fault: &(dyn Any + Send)) -> anyhow::Error {
    let text = fault.downcast_ref::<String>().map(String::as_str);
    let words = text.or_else(|| fault.downcast_ref::<&str>().copied());
    anyhow!(
        "{page}: a fault of the program, not of your data ({}); please report it",
        words.unwrap_or("without words")
    )
}

#[cfg(test)]
pub(crate) mod planted {
    use std::sync::Mutex;

    static PAGE: Mutex<String> = Mutex::new(String::new());

    /// Lets the making of pages whose path holds these words fault; of none when empty.
    pub(crate) fn plant(words: &str) {
        words.clone_into(&mut PAGE.lock().unwrap());
    }

    pub(super) fn may_fault(page: &str) {
        let words = PAGE.lock().unwrap().clone();
        assert!(
            words.is_empty() || !page.contains(&words),
            "planted in {page}"
        );
    }
}
