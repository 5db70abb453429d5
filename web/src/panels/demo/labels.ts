/** What the demo's hidden page calls the sim's orders and faults, where its reader does not read English. */

const ZH: Readonly<Record<string, string>> = {
  "Start a drive": "开始行程",
  "On the road": "行驶途中",
  "130 km/h": "130 km/h",
  "Let go": "松开控制",
  Park: "停车",
  "Miss the turn": "错过路口",
  "Stand 30 s": "停 30 秒",
  "Position off 300 m": "定位偏 300 米",
  "No position 30 s": "30 秒无定位",
  "Plug in AC": "接交流充电",
  "Plug in DC": "接直流充电",
  Unplug: "拔枪",
  "Charge 8 %": "电量 8%",
  "Tyre 160 kPa": "胎压 160 kPa",
  "Ring the bell": "按门铃",
  "Skip an hour": "快进一小时",
  "Lose the link": "断开连接",
  unreachable: "无响应",
  asleep: "休眠",
  refusing: "拒绝执行",
  slow: "迟缓",
  lying: "误报",
  hanging: "挂起",
  stuck: "卡住",
  flapping: "时断时续",
  jam: "堵塞",
  clear: "清除",
};

/** The label of an order or a fault in a language; one that has no word stands as it is. */
export function said(label: string, language: string): string {
  return (language === "zh" && ZH[label]) || label;
}
