"use strict";
// A radio for zigbee-herdsman that needs no stick and no air: the devices of Zigbee2MQTT's database answer what they are
// asked, and say by themselves what a test tells them to (POST / at RADIO_PORT). Everything above the radio, from ZCL
// frames to discovery, is Zigbee2MQTT's own. Loaded before it with node's --require.
const http = require("node:http");
const {Adapter} = require("zigbee-herdsman/dist/adapter");
const Zcl = require("zigbee-herdsman/dist/zspec/zcl");
const Zdo = require("zigbee-herdsman/dist/zspec/zdo");

class Radio extends Adapter {
    devices = new Map();
    heard = [];

    async start() {
        this.door = http.createServer((request, response) => void this.asked(request, response));
        await new Promise((ready) => this.door.listen(Number(process.env.RADIO_PORT), "127.0.0.1", ready));
        return "resumed";
    }

    async stop() {
        this.door.close();
    }

    async getCoordinatorIEEE() {
        return process.env.RADIO_IEEE;
    }

    async getCoordinatorVersion() {
        return {type: "Test", meta: {revision: 1}};
    }

    async getNetworkParameters() {
        return {panID: 0x1a62, extendedPanID: "0xdddddddddddddddd", channel: 11, nwkUpdateID: 0};
    }

    async supportsBackup() {
        return false;
    }

    waitFor() {
        return {promise: new Promise(() => {}), cancel() {}};
    }

    async sendZdo(ieee, address, cluster, payload, disableResponse) {
        return disableResponse ? undefined : [Zdo.Status.SUCCESS, undefined];
    }

    device(ieee) {
        if (!this.devices.has(ieee)) this.devices.set(ieee, {away: false, values: {zclVersion: 3}});
        return this.devices.get(ieee);
    }

    async sendZclFrameToEndpoint(ieee, address, endpoint, frame, timeout, disableResponse) {
        const device = this.device(ieee);
        if (device.away) throw new Error(`${ieee} does not answer`);
        const {command, cluster, payload, header} = frame;
        let [name, answer] = ["defaultRsp", {cmdId: command.ID, statusCode: 0}];
        if (header.isGlobal && command.name === "read") {
            name = "readRsp";
            answer = payload.map(({attrId}) => {
                const found = attribute(cluster, attrId);
                const value = found && device.values[found.name];
                return value === undefined ? {attrId, status: 0x86} : {attrId, status: 0, dataType: found.type, attrData: value};
            });
        } else if (header.isGlobal && command.name === "configReport") {
            [name, answer] = ["configReportRsp", [{status: 0}]];
        } else {
            this.heard.push({ieee, cluster: cluster.name, command: command.name, payload});
        }
        if (header.isGlobal && command.name === "write") {
            [name, answer] = ["writeRsp", [{status: 0}]];
            for (const {attrId, attrData} of payload) device.values[attribute(cluster, attrId)?.name] = attrData;
        }
        if (disableResponse) return undefined;
        const {GLOBAL} = Zcl.FrameType;
        const {SERVER_TO_CLIENT} = Zcl.Direction;
        const maker = header.manufacturerCode ?? undefined;
        const number = header.transactionSequenceNumber;
        return came(address, endpoint, Zcl.Frame.create(GLOBAL, SERVER_TO_CLIENT, true, maker, number, name, cluster.ID, answer, {}));
    }

    async asked(request, response) {
        let body = "";
        for await (const part of request) body += part;
        if (body) this.told(JSON.parse(body));
        response.end(JSON.stringify(this.heard));
    }

    // {"ieee": …, "away": true} or {"ieee": …, "address": 7, "endpoint": 1, "cluster": "genOnOff", "report": {"onOff": 1}}
    told(said) {
        const device = this.device(said.ieee);
        if (said.away !== undefined) device.away = said.away;
        Object.assign(device.values, said.report);
        if (said.cluster === undefined) return;
        const cluster = Zcl.Utils.getCluster(said.cluster, undefined, {});
        const list = Object.entries(said.report).map(([name, attrData]) => {
            const {ID, type} = cluster.attributes[name];
            return {attrId: ID, dataType: type, attrData};
        });
        const frame = Zcl.Frame.create(Zcl.FrameType.GLOBAL, Zcl.Direction.SERVER_TO_CLIENT, true, undefined, 1, "report", cluster.ID, list, {});
        this.emit("zclPayload", came(said.address, said.endpoint, frame));
    }

    async permitJoin() {}
    async addInstallCode() {}
    async reset() {}
    async sendZclFrameToGroup() {}
    async sendZclFrameToAll() {}
}

function attribute(cluster, id) {
    return Object.values(cluster.attributes).find((one) => one.ID === id);
}

function came(address, endpoint, frame) {
    const data = frame.toBuffer();
    const header = Zcl.Header.fromBuffer(data);
    return {clusterID: frame.cluster.ID, header, data, address, endpoint, linkquality: 120, groupID: 0, wasBroadcast: false, destinationEndpoint: 1};
}

Adapter.create = async (...options) => new Radio(...options);
