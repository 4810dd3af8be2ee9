package records_test

import "testing"

// TestSQLite runs the suite that every dialect must pass.
func TestSQLite(t *testing.T) { testStore(t, sqliteDatabase) }

func testStore(t *testing.T, open opener) {
	for name, test := range map[string]func(*testing.T, opener){
		"users":             testUsers,
		"log-in":            testLogin,
		"sessions":          testSessions,
		"own sessions":      testOwnSessions,
		"look":              testLook,
		"audit":             testAudit,
		"people":            testPeople,
		"recognition":       testRecognition,
		"verification":      testVerification,
		"claim":             testClaim,
		"claim race":        testClaimRace,
		"continued case":    testContinuedCase,
		"shared number":     testSharedNumber,
		"split and help":    testSplitAndHelp,
		"hand-over":         testHandOver,
		"hand-over to all":  testHandOverToQueueAndManager,
		"call taken over":   testTakeOverCall,
		"journal by time":   testJournalSince,
		"override":          testOverride,
		"owner projection":  testOwnerProjection,
		"cases":             testCases,
		"wrap-up":           testWrapUp,
		"wrap-up once":      testWrapUpOnce,
		"wrap-up time-out":  testWrapUpTimedOut,
		"escalation":        testEscalation,
		"escalation place":  testCentres,
		"escalation again":  testEscalationAgain,
		"overdue":           testOverdue,
		"feed":              testFeed,
		"callbacks":         testCallbacks,
		"notices":           testNotices,
		"calls":             testCalls,
		"call rows":         testCallRowsBehind,
		"card":              testCard,
		"journal":           testJournal,
		"journal nodes":     testJournalOfTwoNodes,
		"journal odd data":  testJournalOddData,
		"paging":            testPaging,
		"drafts":            testDrafts,
		"draft of two tabs": testDraftOfTwoTabs,
		"draft's end":       testDraftEnds,
		"attachments":       testAttachments,
		"solutions":         testSolutions,
		"solutions used":    testSolutionsUsed,
		"search rebuilt":    testSearchRebuilt,
		"wrap-up missing":   testWrapUpMissing,
		"whole card":        testWholeCard,
		"decline":           testDeclineHandOver,
		"desk's calls":      testDeskCalls,
		"day":               testDay,
		"vault":             testVault,
		"vault time":        testVaultTime,
		"vault crash":       testVaultCrash,
		"calendars":         testCalendars,
		"order":             testOrder,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}
