package asterisk

// modules lists what is loaded and nothing else is. Order does not matter: Asterisk sorts by priority and need.
func modules(queue, provider bool) []string {
	list := []string{
		// SIP, and the ways to know who calls.
		"res_pjproject.so", "res_pjsip.so", "res_pjsip_session.so", "res_pjsip_authenticator_digest.so",
		"res_pjsip_endpoint_identifier_ip.so", "res_pjsip_endpoint_identifier_user.so", "res_pjsip_registrar.so",
		"res_pjsip_sdp_rtp.so", "res_pjsip_nat.so", "res_pjsip_caller_id.so", "res_pjsip_rfc3326.so",
		"res_pjsip_dtmf_info.so", "res_pjsip_dlg_options.so", "res_pjsip_pubsub.so", "chan_pjsip.so",
		"res_sorcery_config.so", "res_sorcery_astdb.so", "res_sorcery_memory.so",
		"res_sorcery_memory_cache.so",
		// Browsers as phones: SIP over websocket, DTLS-SRTP.
		"res_http_websocket.so", "res_pjsip_transport_websocket.so", "res_srtp.so",
		// Media.
		"res_rtp_asterisk.so", "res_format_attr_opus.so", "codec_alaw.so", "codec_ulaw.so", "codec_a_mu.so",
		"codec_g722.so", "codec_gsm.so", "codec_resample.so", "codec_opus_open_source.so", "res_timing_timerfd.so",
		"format_pcm.so", "format_wav.so", "format_gsm.so", "format_sln.so", "res_musiconhold.so",
		"bridge_simple.so", "bridge_native_rtp.so", "bridge_softmix.so", "bridge_holding.so",
		"chan_bridge_media.so",
		// The controller: ARI, without the parts that it has no use for (mailboxes, device states, sounds).
		"app_stasis.so", "res_stasis.so", "res_stasis_answer.so", "res_stasis_playback.so", "res_stasis_recording.so",
		"res_stasis_snoop.so", "res_ari.so", "res_websocket_client.so", "res_ari_model.so", "res_ari_applications.so", "res_ari_asterisk.so",
		"res_ari_bridges.so", "res_ari_channels.so", "res_ari_endpoints.so", "res_ari_events.so",
		"res_ari_playbacks.so", "res_ari_recordings.so",
		// The dialplan.
		"pbx_config.so", "app_dial.so", "app_playback.so", "app_playtones.so", "app_echo.so", "func_callerid.so",
		"func_channel.so", "func_cut.so", "func_db.so", "func_devstate.so", "func_logic.so", "func_rand.so",
		"func_strings.so", "func_timeout.so",
	}
	if provider {
		list = append(list, "res_pjsip_outbound_authenticator_digest.so")
	}
	if queue {
		list = append(list, "app_queue.so")
	}
	return list
}

// declined lists message types that nobody here reads, so Asterisk need not make them.
func declined() []string {
	return []string{
		"ast_mwi_state_type", "ast_mwi_vm_app_type", "ast_parked_call_type",
		"ast_channel_fax_type", "ast_channel_flash_type", "ast_channel_wink_type", "ast_cc_available_type",
		"ast_system_registry_type",
		"ast_rtp_rtcp_sent_type", "ast_rtp_rtcp_received_type", "ast_call_pickup_type",
	}
}
