/** Which part is made for which trait. */

import type { Component } from "svelte";
import type { TraitName } from "../../../lib/things/house";
import AlarmBody from "./AlarmBody.svelte";
import type { BodyProps } from "./body";
import CameraBody from "./CameraBody.svelte";
import ClimateBody from "./ClimateBody.svelte";
import CommandBody from "./CommandBody.svelte";
import CoverBody from "./CoverBody.svelte";
import FanBody from "./FanBody.svelte";
import LightBody from "./LightBody.svelte";
import LockBody from "./LockBody.svelte";
import PhoneBody from "./PhoneBody.svelte";
import PlayerBody from "./PlayerBody.svelte";
import PressBody from "./PressBody.svelte";
import RiskBody from "./RiskBody.svelte";
import RobotBody from "./RobotBody.svelte";
import SensorBody from "./SensorBody.svelte";
import SetBody from "./SetBody.svelte";
import SwitchBody from "./SwitchBody.svelte";

export const BODIES: Readonly<Record<TraitName, Component<BodyProps>>> = {
  light: LightBody,
  switch: SwitchBody,
  climate: ClimateBody,
  water_heater: ClimateBody,
  humidifier: ClimateBody,
  fan: FanBody,
  cover: CoverBody,
  lock: LockBody,
  alarm: AlarmBody,
  valve: RiskBody,
  siren: RiskBody,
  vacuum: RobotBody,
  lawn_mower: RobotBody,
  media_player: PlayerBody,
  camera: CameraBody,
  scene: PressBody,
  script: PressBody,
  button: PressBody,
  number: SetBody,
  select: SetBody,
  text: SetBody,
  sensor: SensorBody,
  binary_sensor: SensorBody,
  weather: SensorBody,
  device_tracker: SensorBody,
  phone: PhoneBody,
  command: CommandBody,
};
