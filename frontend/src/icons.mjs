// The icons that the templates use; the sprite holds these and no others.
export const ICONS = [
  "arrow-down", "arrow-down-up", "arrow-left", "arrow-left-right", "arrow-right", "arrow-up", "award", "bar-chart",
  "bell", "box-arrow-in-right", "box-arrow-right", "building", "calendar-event", "check-circle-fill", "check-lg",
  "chevron-down", "chevron-left", "chevron-right", "circle", "clipboard", "clock", "code-slash", "dash-circle",
  "download", "exclamation-triangle-fill", "eye", "file-earmark-lock", "file-earmark-pdf", "file-earmark-spreadsheet",
  "file-earmark-text", "flag", "funnel", "geo-alt", "globe2", "hash", "hourglass-split", "house", "inbox",
  "info-circle-fill", "journal-check", "key", "link-45deg", "list-check", "lock", "pencil", "people", "person-circle",
  "plus-lg", "printer", "qr-code", "question-circle", "rss", "search", "shield-check", "upload", "x-circle-fill", "x-lg",
];
