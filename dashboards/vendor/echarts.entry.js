// The parts of Apache ECharts that the page draws with, and nothing else: lines, bars, and an SVG renderer.
import { use, init } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, BarChart, GridComponent, TooltipComponent, SVGRenderer]);

export { init };
