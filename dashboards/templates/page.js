// Draws the charts over the rows in #marts, and follows what the reader chooses. All of it is also in the page's tables.
(() => {
  "use strict";
  const MEASURES = ["billed", "amortized", "effective"];
  const byId = (id) => document.getElementById(id);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const rows = JSON.parse(byId("marts").textContent);
  const state = { measure: "effective", account: "", by: Object.keys(rows.breakdowns)[0] || "" };
  const opened = state.by;
  const drawn = new Map();
  const off = new Set();
  const first = new Map();
  const OTHER = "Other services";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const seriesName = (index, name) => (name === OTHER ? "--s9" : `--s${(index % 8) + 1}`);
  const money = (amount, places) => {
    const size = Math.abs(amount).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    return (amount < 0 ? "−" : "") + rows.symbol + size;
  };
  const signed = (amount) => (amount > 0 ? "+" : "") + money(amount, 2);
  const percent = (share) => (Number.isFinite(share) ? `${Math.abs(share).toFixed(1)}%` : "–");
  const brief = (amount) => {
    const size = Math.abs(amount);
    const places = (scaled) => (Number.isInteger(Math.round(scaled * 10) / 10) ? 0 : 1);
    if (size >= 1e6) return money(amount / 1e6, places(amount / 1e6)) + "M";
    if (size >= 1e4) return money(amount / 1e3, places(amount / 1e3)) + "k";
    return money(amount, size < 10 && size > 0 ? 2 : 0);
  };
  const capital = (word) => word[0].toUpperCase() + word.slice(1);
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const dayName = (day) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]}`;
  const monthName = (period) => `${MONTHS[Number(period.slice(5, 7)) - 1]} ${period.slice(0, 4)}`;
  const shortName = (name) => {
    const short = name.replace(/^(Amazon|AWS) (?=.)/, "");
    return short.length > 42 ? short.slice(0, 41) + "…" : short;
  };
  const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);

  // What the charts show: of all accounts exact amounts, of one account cents. Costs stand in the order of MEASURES.
  function everything() {
    return {
      daily: rows.daily.map((one) => ({ name: one.name, costs: MEASURES.map((measure) => one[measure].map(Number)) })),
      movers: rows.movers.map(([name, ...costs]) => [name, ...costs.map(Number)]),
      months: rows.months.map(([name, ...costs]) => [name, ...costs.map(Number)]),
      purchases: rows.purchases.map(([name, ...costs]) => [name, ...costs.map(Number)]),
      regions: rows.regions.map(([name, ...costs]) => [name, ...costs.map(Number)]),
    };
  }

  function ofAccount(id) {
    const cut = rows.by_account[id];
    const amounts = (cents) => cents.map((one) => one / 100);
    return {
      daily: cut.d.map(([name, billed, amortized, effective]) => {
        const second = amortized || billed;
        return { name, costs: [billed, second, effective || second].map(amounts) };
      }),
      movers: cut.v.map(([name, ...costs]) => [name, ...amounts(costs)]),
      months: rows.months.map(([name], at) => [name, ...amounts(cut.m.map((costs) => costs[at]))]),
      purchases: cut.p.map(([name, ...costs]) => [name, ...amounts(costs)]),
      regions: cut.r.map(([name, ...costs]) => [name, ...amounts(costs)]),
    };
  }

  function base() {
    const quiet = colour("--quiet");
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink") },
      tooltip: {
        trigger: "axis",
        confine: true,
        axisPointer: { type: "line", lineStyle: { color: quiet, type: "dashed" } },
        backgroundColor: colour("--card"),
        borderColor: colour("--line"),
        textStyle: { color: colour("--ink"), fontSize: 12 },
        extraCssText: "white-space:normal;max-width:min(86vw,420px);overflow-wrap:anywhere",
        valueFormatter: (amount) => (amount === null || amount === undefined ? "–" : money(Number(amount), 2)),
      },
      axis: {
        axisLine: { lineStyle: { color: colour("--line") } },
        axisTick: { show: false },
        axisLabel: { color: quiet, fontSize: 11.5, hideOverlap: true },
        splitLine: { lineStyle: { color: colour("--grid") } },
      },
    };
  }

  function room(right, top) {
    return { left: 2, right, top, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
  }

  function put(holder, option) {
    if (!drawn.has(holder)) {
      holder.hidden = false;
      const chart = echarts.init(holder, null, { renderer: "svg" });
      drawn.set(holder, chart);
      new ResizeObserver(() => chart.resize()).observe(holder);
    }
    const { axis, ...rest } = option;
    drawn.get(holder).setOption(rest, true);
  }

  function axes(common, names, formatter) {
    return {
      xAxis: { ...common.axis, type: "category", data: names, splitLine: { show: false } },
      yAxis: { ...common.axis, type: "value", axisLine: { show: false }, axisLabel: { ...common.axis.axisLabel, formatter: formatter || brief } },
    };
  }

  // A diamond over each day on which something that stood out began.
  function marks(series) {
    const found = new Map();
    rows.anomalies.forEach(([account, day, , , impact]) => {
      const at = rows.days.indexOf(day);
      if (at < 0 || (state.account && state.account !== account)) return;
      found.set(at, [...(found.get(at) || []), Number(impact)]);
    });
    if (!found.size) return [];
    const told = (at) => `${found.get(at).length}, ${signed(sum(found.get(at)))}`;
    return [{
      name: "What stood out", type: "line", symbol: "diamond", symbolSize: 11, showAllSymbol: true, color: colour("--ink"), lineStyle: { width: 0 },
      itemStyle: { borderColor: colour("--card"), borderWidth: 1.5 },
      data: rows.days.map((_, at) => (found.has(at) ? sum(series.map((one) => one.data[at])) : null)),
      tooltip: { valueFormatter: (amount, at) => (found.has(at) ? told(at) : "–") },
    }];
  }

  function drawDaily(view) {
    const common = base();
    const at = MEASURES.indexOf(state.measure);
    const series = view.daily
      .map((one, index) => ({
        name: one.name, type: "line", stack: "cost", symbol: "none", showSymbol: rows.days.length === 1,
        color: colour(seriesName(index, one.name)), lineStyle: { width: 0 }, areaStyle: { opacity: 0.9 },
        emphasis: { focus: "series" }, data: one.costs[at],
      }))
      .filter((one) => !off.has(one.name));
    const { xAxis, yAxis } = axes(common, rows.days);
    put(byId("chart-daily"), {
      ...common,
      grid: room(10, 14),
      tooltip: { ...common.tooltip, order: "seriesDesc" },
      xAxis: { ...xAxis, boundaryGap: rows.days.length === 1, axisLabel: { ...common.axis.axisLabel, formatter: dayName } },
      yAxis,
      series: [...series, ...marks(series)],
    });
  }

  // Bars from left to right: side by side for two of a kind, on one another for parts of a whole.
  function drawBars(id, bars, parts, stack) {
    const holder = byId("chart-" + id);
    if (!holder) return;
    const common = base();
    const turned = [...bars].reverse();
    const last = parts.length - 1;
    // Names on two lines would run into one another; the tooltip has them whole.
    const many = turned.length > 9;
    // What stands for many at once is no bar like the others.
    const pale = (row, value) => (/^[\d,]+ others$/.test(row[0]) ? { value, itemStyle: { color: colour("--before") } } : value);
    const total = (at) => sum(turned[at].slice(1).map(Number));
    put(holder, {
      ...common,
      grid: room(70, 4),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" } },
      xAxis: { type: "value", show: false, max: (extent) => (extent.max > 0 ? extent.max : null) },
      yAxis: {
        ...common.axis, type: "category", data: turned.map((row) => row[0]),
        axisLabel: {
          color: colour("--ink"), fontSize: 12, width: Math.max(90, (holder.clientWidth || 360) * (many ? 0.4 : 0.34)),
          overflow: many ? "truncate" : "break", lineHeight: 14, interval: 0, formatter: shortName,
        },
      },
      series: parts.map(([name, fill], part) => ({
        name, type: "bar", stack: stack ? "whole" : undefined, data: turned.map((row) => pale(row, Number(row[part + 1]))), color: colour(fill),
        barCategoryGap: "32%", barGap: "8%", barMaxWidth: 22, itemStyle: { borderRadius: stack ? 0 : 2 },
        label: {
          show: part === last, position: "right", color: colour("--ink"), fontSize: 11.5,
          formatter: (p) => money(stack ? total(p.dataIndex) : p.value, 0),
        },
      })),
    });
  }

  function drawMonths(view) {
    const holder = byId("chart-months");
    if (!holder) return;
    const common = base();
    const at = MEASURES.indexOf(state.measure) + 1;
    const names = view.months.map((row) => row[0]);
    const amounts = view.months.map((row) => row[at]);
    const open = rows.is_complete ? -1 : names.indexOf(monthName(rows.period));
    const forecast = state.account ? null : rows.forecast[state.measure];
    const rest = names.map(() => null);
    if (forecast) {
      let month = names.indexOf(monthName(forecast[0]));
      if (month < 0) month = names.push(monthName(forecast[0])) - 1;
      rest[month] = Math.max(0, Number(forecast[1]) - (amounts[month] || 0));
    }
    const dashed = { color: "transparent", borderColor: colour("--s1"), borderType: "dashed", borderWidth: 1.5 };
    const top = [3, 3, 0, 0];
    put(holder, {
      ...common,
      grid: room(6, 22),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" } },
      ...axes(common, names),
      series: [
        {
          name: capital(state.measure), type: "bar", stack: "month", barMaxWidth: 46, color: colour("--s1"),
          label: { show: names.length <= 7, position: "top", color: colour("--ink"), fontSize: 11.5, formatter: (p) => (rest[p.dataIndex] === null ? brief(p.value) : "") },
          data: amounts.map((value, index) => ({ value, itemStyle: index === open && !forecast ? { ...dashed, borderRadius: top } : { borderRadius: rest[index] === null ? top : 0 } })),
        },
        ...(forecast
          ? [{
            name: "Still expected", type: "bar", stack: "month", barMaxWidth: 46, itemStyle: { ...dashed, borderRadius: top }, data: rest,
            label: { show: names.length <= 7, position: "top", color: colour("--ink"), fontSize: 11.5, formatter: (p) => (p.value ? brief(Number(forecast[1])) : "") },
          }]
          : []),
      ],
    });
  }

  function drawUnits() {
    const holder = byId("chart-units");
    if (!holder) return;
    const common = base();
    const names = [...new Set(rows.units.flatMap((unit) => unit.months.map((month) => month[0])))];
    const order = (name) => Number(name.slice(4)) * 12 + MONTHS.indexOf(name.slice(0, 3));
    names.sort((one, other) => order(one) - order(other));
    const index = (unit) => {
      const known = unit.months.find((month) => month[1] !== null && Number(month[1]));
      const by = new Map(unit.months);
      return names.map((name) => (known && by.has(name) && by.get(name) !== null ? (100 * Number(by.get(name))) / Number(known[1]) : null));
    };
    const plain = (value) => (value === null || value === undefined ? "–" : Number(value).toFixed(1));
    put(holder, {
      ...common,
      grid: room(10, 14),
      tooltip: { ...common.tooltip, valueFormatter: plain },
      ...axes(common, names, (value) => String(value)),
      series: rows.units.map((unit, at) => ({
        name: unit.name, type: "line", symbolSize: 7, color: colour(seriesName(at, unit.name)), data: index(unit), connectNulls: false,
      })),
    });
  }

  // What was found for the first time stands above the line, what was closed below it.
  function drawHistory() {
    const holder = byId("chart-history");
    if (!holder) return;
    const common = base();
    const bar = (name, at, fill, sign) => ({
      name, type: "bar", stack: "found", barMaxWidth: 46, color: colour(fill), data: rows.history.map((month) => sign * Number(month[at])),
    });
    const told = (amount) => money(Math.abs(Number(amount)), 2);
    put(holder, {
      ...common,
      grid: room(6, 14),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" }, valueFormatter: told },
      ...axes(common, rows.history.map((month) => month[0]), (amount) => brief(Math.abs(amount))),
      series: [bar("Opened", 1, "--s1", 1), bar("Acted upon", 2, "--s4", -1), bar("Gone by itself", 3, "--before", -1)],
    });
  }

  function drawBreakdown() {
    const at = MEASURES.indexOf(state.measure) + 1;
    drawBars("breakdowns", (rows.breakdowns[state.by] || []).map((row) => [row[0], row[at]]), [[capital(state.measure), "--s1"]], false);
  }

  function drawTeam(slug) {
    const holder = document.querySelector(`[data-team="${CSS.escape(slug)}"]`);
    if (!holder) return;
    holder.hidden = false;
    const common = base();
    const months = rows.team_months[slug];
    const bar = (name, at, fill) => ({ name, type: "bar", stack: "team", barMaxWidth: 46, color: colour(fill), data: months.map((month) => Number(month[at])) });
    put(holder, {
      ...common,
      grid: room(6, 22),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" } },
      ...axes(common, months.map((month) => month[0])),
      series: [bar("Direct", 1, "--s1"), bar("Part of what is shared", 2, "--s2")],
    });
  }

  function draw() {
    const view = state.account ? ofAccount(state.account) : everything();
    const at = MEASURES.indexOf(state.measure);
    const change = (row) => Math.abs(row[1 + at] - row[4 + at]);
    const moved = [...view.movers].sort((one, other) => change(other) - change(one)).slice(0, 8);
    const name = capital(state.measure);
    drawDaily(view);
    drawBars("movers", moved.map((row) => [row[0], row[4 + at], row[1 + at]]), [[rows.before, "--before"], [rows.now, "--s1"]], false);
    drawBars("accounts", rows.accounts.map((row) => [row[0], row[1 + at]]), [[name, "--s1"]], false);
    drawMonths(view);
    drawBars("purchases", view.purchases.map((row) => [row[0], row[1 + at]]), [[name, "--s4"]], false);
    drawBars("regions", view.regions.slice(0, 9).map((row) => [row[0], row[1 + at]]), [[name, "--s1"]], false);
    drawBreakdown();
    drawBars("teams", rows.teams, [["Direct", "--s1"], ["Part of what is shared", "--s2"]], true);
    drawBars("coverage", rows.coverage, [["Savings plans", "--s1"], ["Reservations", "--s3"], ["On demand", "--before"]], true);
    drawBars("pipeline", rows.pipeline, [["A month", "--s4"]], false);
    drawBars("snapshot_ages", rows.snapshot_ages, [["Volume is there", "--s1"], ["Volume is gone", "--s2"], ["Not known", "--before"]], true);
    drawHistory();
    drawUnits();
    legend(view);
    return view;
  }

  function legend(view) {
    const holder = document.querySelector("#daily .legend");
    const kept = document.activeElement && holder.contains(document.activeElement) ? document.activeElement.textContent : null;
    holder.replaceChildren(...view.daily.map((one, index) => {
      const button = document.createElement("button");
      const key = document.createElement("span");
      button.type = "button";
      key.className = "key";
      key.style.setProperty("--key", `var(${seriesName(index, one.name)})`);
      button.append(key, one.name);
      button.setAttribute("aria-pressed", String(!off.has(one.name)));
      button.addEventListener("click", () => {
        if (!off.delete(one.name)) off.add(one.name);
        button.setAttribute("aria-pressed", String(!off.has(one.name)));
        drawDaily(view);
      });
      return button;
    }));
    all("button", holder).filter((button) => button.textContent === kept).forEach((button) => button.focus());
    all(".legend").forEach((each) => { each.hidden = false; });
  }

  // Puts words into an element and remembers what the page opened with; null brings that back.
  function say(element, text) {
    if (!element) return;
    if (!first.has(element)) first.set(element, element.innerHTML);
    if (text === null) element.innerHTML = first.get(element);
    else element.textContent = text;
  }

  function rebuild(id, told) {
    const body = document.querySelector(`#${id} details tbody`);
    if (!body) return;
    if (!first.has(body)) first.set(body, [...body.rows]);
    if (!told) return body.replaceChildren(...first.get(body));
    body.replaceChildren(...told.map((cells) => {
      const row = document.createElement("tr");
      cells.forEach((cell, at) => {
        const place = document.createElement(at ? "td" : "th");
        if (at) place.className = "n"; else place.scope = "row";
        place.textContent = cell;
        row.append(place);
      });
      return row;
    }));
  }

  function tables(view) {
    if (!state.account) return ["daily", "movers", "months", "purchases", "regions"].forEach((id) => rebuild(id, null));
    const exact = (amount) => money(amount, 2);
    const costs = (row) => row.slice(1, 4).map(exact);
    const bought = sum(view.purchases.map((row) => row[3]));
    rebuild("daily", rows.days.map((day, at) => [day, ...MEASURES.map((_, m) => exact(sum(view.daily.map((one) => one.costs[m][at]))))]).reverse());
    rebuild("movers", view.movers.map(([name, ...c]) => [
      name, signed(c[0] - c[3]), signed(c[1] - c[4]), exact(c[5]), exact(c[2]), signed(c[2] - c[5]), c[5] ? percent((100 * (c[2] - c[5])) / c[5]) : "new",
    ]));
    rebuild("months", view.months.map((row) => [row[0], ...costs(row)]).reverse());
    rebuild("purchases", view.purchases.map((row) => [row[0], ...costs(row), percent((100 * row[3]) / bought)]));
    const placed = sum(view.regions.map((row) => row[3]));
    rebuild("regions", view.regions.map((row) => [row[0], ...costs(row), percent((100 * row[3]) / placed)]));
  }

  function tile(id, figure, note, more) {
    const at = (part) => document.querySelector(`#${id} ${part}`);
    const told = figure === null ? [null, null, null] : [money(figure / 100, 2), note, more];
    [".figure", ".note", ":scope > .quiet"].forEach((part, index) => say(at(part.replace(":scope > ", "p")), told[index]));
  }

  function tiles() {
    const cut = state.account ? rows.by_account[state.account] : null;
    const against = (now, before) => {
      if (now === null) return "no month before to compare with";
      const arrow = now > before ? "▲" : now < before ? "▼" : "=";
      return `${arrow} ${before > 0 ? percent((100 * (now - before)) / before) : signed((now - before) / 100)} against ${rows.before}`;
    };
    const t = cut && cut.t;
    const f = cut && cut.f;
    tile("billed", cut && t[0], cut && against(t[3], t[6]), cut && cut.n);
    tile("effective", cut && t[2], cut && against(t[5], t[8]), cut && `amortized ${money(t[1] / 100, 2)}`);
    tile("unused", cut && t[9], cut && `${rows.now}, of what this account bought`, cut && cut.n);
    tile("idle_waste", cut && f[0], cut && `a month, ${f[1]} found`, cut && cut.n);
    tile("savings", cut && f[2], cut && `a month, ${f[3]} found`, cut && cut.n);
    say(byId("idle-h"), cut && `Idle resources: ${money(f[0] / 100, 2)} a month`);
    say(byId("rightsizing-h"), cut && `Rightsizing: ${money(f[2] / 100, 2)} a month`);
    all(".all-accounts").forEach((each) => { each.hidden = !cut; });
  }

  // Of a long list the first rows, until the reader wants all; of those only the chosen account's.
  function list(table) {
    const limit = Number(table.dataset.listed);
    const own = all("tbody tr", table).filter((row) => {
      const theirs = !state.account || !row.dataset.account || row.dataset.account === state.account;
      if (!theirs) row.hidden = true;
      return theirs;
    });
    own.forEach((row, at) => { row.hidden = !table.classList.contains("whole") && at >= limit; });
    say(table.caption, state.account && table.querySelector("[data-account]") ? `${own.length} of this account` : null);
    const scroll = table.closest(".scroll");
    let more = scroll.nextElementSibling;
    if (!more || !more.classList.contains("more-of")) {
      more = document.createElement("p");
      more.className = "more-of";
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => { table.classList.toggle("whole"); list(table); });
      more.append(button, document.createElement("span"));
      scroll.after(more);
    }
    const [button, words] = more.children;
    button.hidden = own.length <= limit;
    button.textContent = table.classList.contains("whole") ? `Show the first ${limit}` : `Show all ${own.length}`;
    button.setAttribute("aria-expanded", String(table.classList.contains("whole")));
    words.textContent = own.length ? "" : "Nothing of this account.";
    scroll.hidden = !own.length;
  }

  const lists = () => all("table[data-listed]").forEach(list);

  function value(cell) {
    if (cell.dataset.amount) return Number(cell.dataset.amount);
    const number = Number(cell.textContent.replace(/−/g, "-").replace(/[^\d.-]/g, ""));
    return /\d/.test(cell.textContent) ? number : -Infinity;
  }

  function sortable(table) {
    const heads = all("thead th", table);
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const numbers = head.classList.contains("n");
        const before = head.getAttribute("aria-sort");
        const down = before ? before === "ascending" : numbers;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const compare = numbers
          ? (one, other) => value(one.cells[at]) - value(other.cells[at])
          : (one, other) => one.cells[at].textContent.localeCompare(other.cells[at].textContent, "en", { numeric: true });
        const body = table.tBodies[0];
        body.append(...[...body.rows].sort((one, other) => (down ? -1 : 1) * compare(one, other)));
        if (table.dataset.listed) list(table);
      });
    });
  }

  function show() {
    const view = draw();
    tables(view);
    tiles();
    lists();
    const name = state.account ? rows.by_account[state.account].n : "all accounts";
    all(".measure").forEach((each) => { each.textContent = capital(state.measure); });
    all(".lead").forEach((each) => { each.hidden = state.account !== "" || state.measure !== "effective"; });
    all("[data-measure][aria-pressed]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.measure === state.measure)));
    all("[data-command]").forEach((each) => {
      const own = state.account && each.dataset.command.startsWith("finops explain ") ? ` --account ${state.account}` : "";
      each.textContent = each.dataset.command + own;
    });
    byId("choose-account").value = state.account;
    if (byId("choose-breakdowns")) byId("choose-breakdowns").value = state.by;
    return `${capital(state.measure)} cost of ${name}`;
  }

  // The address holds what is chosen: #measure=billed&account=…&by=…, or #team-… for the page of a team.
  function read() {
    const fragment = decodeURIComponent(location.hash.slice(1));
    const slug = fragment.startsWith("team-") ? fragment.slice(5) : "";
    const isTeam = slug in rows.team_months;
    if (byId("choose-team")) byId("choose-team").value = isTeam ? slug : "";
    if (isTeam) drawTeam(slug);
    if (!fragment.includes("=")) return false;
    const asked = new URLSearchParams(fragment);
    const measure = asked.get("measure");
    const account = asked.get("account") || "";
    state.measure = MEASURES.includes(measure) ? measure : "effective";
    state.account = account in rows.by_account ? account : "";
    state.by = asked.get("by") in rows.breakdowns ? asked.get("by") : opened;
    return true;
  }

  function choose(change) {
    Object.assign(state, change);
    const asked = new URLSearchParams({ measure: state.measure });
    if (state.account) asked.set("account", state.account);
    if (state.by !== opened) asked.set("by", state.by);
    history.replaceState(null, "", "#" + asked);
    byId("said").textContent = show();
  }

  function choices() {
    document.querySelector(".choices").hidden = false;
    document.querySelector(".choices").addEventListener("submit", (event) => event.preventDefault());
    all(".choice button").forEach((button) => button.addEventListener("click", () => choose({ measure: button.dataset.measure })));
    byId("choose-account").addEventListener("change", (event) => choose({ account: event.target.value }));
    all(".choose").forEach((each) => { each.hidden = false; });
    if (byId("choose-breakdowns")) byId("choose-breakdowns").addEventListener("change", (event) => choose({ by: event.target.value }));
    if (byId("choose-team")) {
      byId("choose-team").addEventListener("change", (event) => { location.hash = event.target.value ? "team-" + event.target.value : "figures"; });
    }
    addEventListener("hashchange", () => { if (read()) byId("said").textContent = show(); });
  }

  all(".overview .chart").forEach((each) => { each.hidden = false; });
  all("table[data-sorts]").forEach(sortable);
  read();
  choices();
  show();
  ["(prefers-color-scheme: dark)", "print"].forEach((query) => matchMedia(query).addEventListener("change", () => { draw(); read(); }));
  document.documentElement.dataset.drawn = "yes";
})();
