//! Everything that was measured, for readers and for programs.

use crate::machine::Machine;
use crate::row::Row;
use serde_json::{Map, Value, json};

/// A further table, as text.
#[derive(Debug)]
pub(crate) struct Detail {
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
    pub(crate) lines: Vec<Vec<String>>,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Report {
    machine: Machine,
    rows: Vec<Row>,
    details: Vec<Detail>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) const fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new(), details: Vec::new(), notes: Vec::new() }
    }

    pub(crate) fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn detail(&mut self, detail: Detail) {
        self.details.push(detail);
    }

    /// A sentence that belongs to the numbers.
    pub(crate) fn note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }

    /// The table with what belongs to it.
    pub(crate) fn markdown(&self) -> String {
        let rounds = self.rows.iter().map(|row| row.ours.len()).max().unwrap_or_default();
        let mut lines = vec![format!(
            "Medians of {rounds} rounds [smallest to largest]. Whatever has a peer was measured in turns with it; ratios are \
             taken within a round, and the median of them is shown.\n"
        )];
        let columns = ["what", "Kinora", "peer", "ratio", "target", "verdict"].map(str::to_owned);
        lines.extend(table(&columns, self.rows.iter().map(|row| row.cells().to_vec())));
        let facts: Vec<_> = self.machine.iter().map(|(name, fact)| format!("{name} {fact}")).collect();
        lines.push(format!("\nMachine: {}.", facts.join(", ")));
        lines.extend(self.notes.iter().map(|note| format!("\n{note}")));
        for detail in &self.details {
            lines.push(format!("\n{}:\n", detail.title));
            lines.extend(table(&detail.columns, detail.lines.iter().cloned()));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// Every sample.
    pub(crate) fn json(&self) -> String {
        let machine: Map<_, _> = self.machine.iter().map(|(name, fact)| ((*name).to_owned(), json!(fact))).collect();
        let details = self
            .details
            .iter()
            .map(|detail| json!({ "title": detail.title, "columns": detail.columns, "lines": detail.lines }));
        let all = json!({
            "machine": machine,
            "rows": self.rows.iter().map(Row::json).collect::<Vec<Value>>(),
            "details": details.collect::<Vec<Value>>(),
            "notes": self.notes,
        });
        format!("{all:#}\n")
    }
}

fn table(columns: &[String], lines: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let mut table = vec![line(columns), line(&vec!["---".to_owned(); columns.len()])];
    table.extend(lines.map(|cells| line(&cells)));
    table
}
