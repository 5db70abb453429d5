/** Chinese: films of another site. */
export const films = {
  "home.film.rests": "一分钟后已暂停",
  "home.film.rests.what": "画面经中继传来，可能消耗移动流量；无人触碰屏幕时会自动停止。",
  "home.film.rests.on": "继续观看",
  "error.resting": "已自动停止",
  "advice.resting": "如需继续观看，请重新打开。",
};
