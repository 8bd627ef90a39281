/** The style of a report: what the reader's system prefers, light or dark, and nothing that is not in the page. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a2029; --quiet: #5b6573; --line: #d9dee5; --mark: #c22f25;
  --good: #b9e3c9; --fair: #f7de9c; --bad: #f4b5ae; --partial: #d3c8f3; --none: #e7eaee; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181e; --ink: #e6eaf0; --quiet: #9aa5b3; --line: #323a45; --mark: #ff8377;
    --good: #1f5a3b; --fair: #6a5212; --bad: #7b2a24; --partial: #48398a; --none: #2a3039; }
}
body { margin: 2rem auto; max-width: 82rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p { margin: .3rem 0; color: var(--quiet); }
.chart { overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; margin: .6rem 0; padding: 0;
  font-size: .85rem; color: var(--quiet); }
.legend i { display: inline-block; width: .9rem; height: .9rem; margin-right: .4rem; border-radius: 3px; vertical-align: -.1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .3rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; }
.text { text-align: left; }
tr > .wide { white-space: normal; }
`;
