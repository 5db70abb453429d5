/** Chinese: steering the demo. */
export const demo = {
  "demo.drive": "驾驶",
  "demo.faults": "故障",
  "demo.off": "此页面仅用于演示家庭。",
  "demo.done": "完成",
  "demo.tunnel": "穿过隧道",
  "demo.tunnel.what": "这里车和家各有一个中枢。在隧道里，两者之间什么也不通，也没有谁得到通知。",
  "demo.tunnel.in": "在隧道里",
  "demo.tunnel.car": "打开车上的页面",
  "demo.tunnel.home": "打开家里的页面",
  "demo.tunnel.try": "可以看什么",
  "demo.tunnel.try.age": "在家里，车的数值不再变化。约 15 秒后，车显示没有响应，数值显示多久以前。",
  "demo.tunnel.try.on": "在车上，车的一切照常。家里的设备显示最后的状态和时间。",
  "demo.tunnel.try.wish": "在家里开一盏灯，再调车的暖风：灯马上响应，暖风在等待。",
  "demo.tunnel.try.out": "驶出隧道后，一两秒内一切恢复，暖风也调好了。",
  "demo.tunnel.try.lock": "等待有期限：门锁 5 秒，灯 30 秒，空调 10 分钟，过时作废。",
};
