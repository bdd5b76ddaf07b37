"""The export formats, a module each; `storage.exports.table` names them."""
