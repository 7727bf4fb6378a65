// Turns onnxruntime's telemetry off; to be imported before onnxruntime-node, which starts it.

// From 1.30 on onnxruntime sends usage events to its maker and keeps a device id in the user's cache
// folder, without a word. Whoever wants that sets the variable to 0.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
