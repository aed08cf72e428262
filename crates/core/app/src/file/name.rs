//! Names of files: what clients call them.

use kinora_domain::Problem;

/// Characters of a name, as Cloud Video Kit has it.
const NAME_LENGTH: usize = 1_024;

/// Passes a name of 1 to 1024 characters.
///
/// # Errors
/// It is empty or longer; names the field.
pub(crate) fn check(field: &str, name: &str) -> Result<(), Problem> {
    if name.is_empty() || name.chars().count() > NAME_LENGTH {
        return Err(Problem::invalid(field, format!("A name of 1 to {NAME_LENGTH} characters is needed.")));
    }
    Ok(())
}
