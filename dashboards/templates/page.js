// Draws the charts over the rows in #marts. Everything it says is also in the page's tables.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const rows = JSON.parse(byId("marts").textContent);
  const drawn = new Map();
  const off = new Set();
  let measure = "effective";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const seriesColour = (index, name) => colour(name === "Other services" ? "--s9" : `--s${(index % 8) + 1}`);
  const money = (amount, places) => {
    const size = Math.abs(amount).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    return (amount < 0 ? "−" : "") + rows.symbol + size;
  };
  const brief = (amount) => {
    const size = Math.abs(amount);
    const places = (scaled) => (Number.isInteger(Math.round(scaled * 10) / 10) ? 0 : 1);
    if (size >= 1e6) return money(amount / 1e6, places(amount / 1e6)) + "M";
    if (size >= 1e4) return money(amount / 1e3, places(amount / 1e3)) + "k";
    return money(amount, size < 10 && size > 0 ? 2 : 0);
  };
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const dayName = (day) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]}`;
  const shortName = (name) => {
    const short = name.replace(/^(Amazon|AWS) (?=.)/, "");
    return short.length > 42 ? short.slice(0, 41) + "…" : short;
  };

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
        valueFormatter: (amount) => money(Number(amount), 2),
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

  function put(id, option) {
    const holder = byId("chart-" + id);
    if (!drawn.has(id)) {
      holder.hidden = false;
      const chart = echarts.init(holder, null, { renderer: "svg" });
      drawn.set(id, chart);
      new ResizeObserver(() => chart.resize()).observe(holder);
    }
    const { axis, ...rest } = option;
    drawn.get(id).setOption(rest, true);
  }

  function drawDaily() {
    const common = base();
    const { days, series } = rows.daily;
    put("daily", {
      ...common,
      grid: room(10, 12),
      tooltip: { ...common.tooltip, order: "seriesDesc" },
      xAxis: {
        ...common.axis, type: "category", data: days, boundaryGap: days.length === 1, splitLine: { show: false },
        axisLabel: { ...common.axis.axisLabel, formatter: dayName },
      },
      yAxis: { ...common.axis, type: "value", axisLine: { show: false }, axisLabel: { ...common.axis.axisLabel, formatter: brief } },
      series: series
        .map((one, index) => ({
          name: one.name, type: "line", stack: "cost", symbol: "none", showSymbol: days.length === 1,
          color: seriesColour(index, one.name), lineStyle: { width: 0 }, areaStyle: { opacity: 0.88 },
          emphasis: { focus: "series" }, data: one[measure].map(Number),
        }))
        .filter((one) => !off.has(one.name)),
    });
  }

  function drawBars(id, bars, options) {
    const common = base();
    const width = byId("chart-" + id).clientWidth || 360;
    const names = bars.map((row) => row[0]).reverse();
    const value = (column) => bars.map((row) => Number(row[column])).reverse();
    const bar = (name, column, fill, labelled) => ({
      name, type: "bar", data: value(column), color: fill, barCategoryGap: "32%", barGap: "8%", barMaxWidth: 22,
      itemStyle: { borderRadius: 2 },
      label: { show: labelled, position: "right", color: colour("--ink"), fontSize: 11.5, formatter: (p) => money(p.value, 0) },
    });
    put(id, {
      ...common,
      grid: room(66, 4),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" } },
      xAxis: { type: "value", show: false, max: (extent) => (extent.max > 0 ? extent.max : null) },
      yAxis: {
        ...common.axis, type: "category", data: names,
        axisLabel: { color: colour("--ink"), fontSize: 12, width: Math.max(90, width * 0.34), overflow: "break", lineHeight: 14, interval: 0, formatter: shortName },
      },
      series: options.pair
        ? [bar(options.pair[0], 1, colour("--before"), false), bar(options.pair[1], 2, colour("--s1"), true)]
        : [bar(options.name, 1, colour(options.fill), true)],
    });
  }

  function drawMonths() {
    const common = base();
    const last = rows.months.length - 1;
    put("months", {
      ...common,
      grid: room(6, 22),
      tooltip: { ...common.tooltip, axisPointer: { type: "none" } },
      xAxis: { ...common.axis, type: "category", data: rows.months.map((row) => row[0]), splitLine: { show: false } },
      yAxis: { ...common.axis, type: "value", axisLine: { show: false }, axisLabel: { ...common.axis.axisLabel, formatter: brief } },
      series: [{
        name: "Billed", type: "bar", barMaxWidth: 46, color: colour("--s1"),
        label: { show: rows.months.length <= 7, position: "top", color: colour("--ink"), fontSize: 11.5, formatter: (p) => brief(p.value) },
        data: rows.months.map((row, index) => ({
          value: Number(row[1]),
          itemStyle: index === last && !rows.is_complete
            ? { color: colour("--card"), borderColor: colour("--s1"), borderType: "dashed", borderWidth: 1.5, borderRadius: [3, 3, 0, 0] }
            : { borderRadius: [3, 3, 0, 0] },
        })),
      }],
    });
  }

  function draw() {
    drawDaily();
    if (byId("chart-movers")) drawBars("movers", rows.movers.rows, { pair: [rows.movers.before, rows.movers.now] });
    if (byId("chart-accounts")) drawBars("accounts", rows.accounts, { name: "Billed", fill: "--s1" });
    if (byId("chart-months")) drawMonths();
    if (byId("chart-purchases")) drawBars("purchases", rows.purchases, { name: "Effective", fill: "--s3" });
  }

  function legend() {
    const holder = document.querySelector("#daily .legend");
    rows.daily.series.forEach((one, index) => {
      const button = document.createElement("button");
      const key = document.createElement("span");
      button.type = "button";
      key.className = "key";
      key.style.setProperty("--key", one.name === "Other services" ? "var(--s9)" : `var(--s${(index % 8) + 1})`);
      button.append(key, one.name);
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const shown = off.delete(one.name);
        if (!shown) off.add(one.name);
        button.setAttribute("aria-pressed", String(shown));
        drawDaily();
      });
      holder.append(button);
    });
    document.querySelectorAll(".legend").forEach((each) => { each.hidden = false; });
  }

  function choice() {
    const holder = document.querySelector("#daily .choice");
    holder.hidden = false;
    holder.querySelectorAll("button").forEach((button) =>
      button.addEventListener("click", () => {
        measure = button.dataset.measure;
        holder.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
        drawDaily();
      }));
  }

  document.querySelectorAll(".chart").forEach((each) => { each.hidden = false; });
  draw();
  legend();
  choice();
  ["(prefers-color-scheme: dark)", "print"].forEach((query) => matchMedia(query).addEventListener("change", draw));
  document.documentElement.dataset.drawn = "yes";
})();
