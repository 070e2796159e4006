// Loaded before every test. tap asks for source maps; Node.js keeps the lines of our files by itself, but of the packages that a test
// loads hundreds have one, and to parse them all was a quarter of its start.
process.setSourceMapsEnabled(false)
