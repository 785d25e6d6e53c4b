import { definePlugin } from 'liveswap/plugin';

export default definePlugin({});
