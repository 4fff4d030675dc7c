//! The data of the demo workspace: streets, plates, calls, sensors, invoices and scans, drawn and sounded from a number, with
//! what is really in them. The same on every machine.

pub mod calls;
mod canvas;
pub mod dice;
pub mod invoices;
pub mod pdf;
pub mod phantom;
pub mod plate;
pub mod sensors;
pub mod street;
