/** Chinese: what a guest's phone throws at a screen. */
export const throws = {
  "throw.open": "来自访客手机",
  "throw.title": "来自访客手机",
  "throw.code": "供访客手机扫描的二维码",
  "throw.what": "扫描者可以向这个屏幕发送一段文字、一个链接或一个不超过 8 MB 的文件，仅限一次，且看不到您的任何内容。",
  "throw.warns": "需与中枢在同一网络。不认识这个家的手机可能会先提示地址有风险。",
  "throw.over": "二维码已失效",
  "throw.again": "新的二维码",
  "throw.wrong": "收到的内容打不开",
  "throw.wrong.what": "它不是为这个屏幕密封的，或在途中被改动过。",
  "throw.came": "来自访客的手机",
  "throw.came.what": "发送者身份未知，请只在您预期收到时打开。",
  "throw.keep": "放入我的剪贴板",
  "throw.save": "保存",
  "throw.send": "发到我的屏幕",
};
